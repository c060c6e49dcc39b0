"""Who, where, when and how many: four siblings, each from text to mentions with offsets."""
