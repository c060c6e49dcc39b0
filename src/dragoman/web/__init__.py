"""The workbench: a store's reports, events, incidents and processes in a browser, on one's own machine."""
