// Draws a process's charts with Vega-Lite. Expressions are interpreted (ast), never evaluated, as the page's policy asks.
"use strict";

const dark = matchMedia("(prefers-color-scheme:dark)");

async function draw(place) {
  const address = place.dataset.spec + (dark.matches ? "&theme=dark" : "");
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const spec = await answer.json();
    if (!answer.ok) throw new Error(spec.error ? spec.error.message : answer.statusText);
    place.replaceChildren();
    await vegaEmbed(place, spec, {
      ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true },
      logLevel: 1, // errors only
    });
    place.dataset.drawn = "1";
  } catch (error) {
    const told = document.createElement("p");
    told.className = "note";
    told.textContent = "Not drawn: " + error.message;
    place.replaceChildren(told);
    place.dataset.drawn = "0";
  }
}

async function drawAll() {
  for (const place of document.querySelectorAll(".vega")) await draw(place);
}

drawAll();
dark.addEventListener("change", drawAll);
