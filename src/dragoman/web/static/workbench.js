// The workbench's keys, the reader's marks, and sending reviews. Every page works without it, save selecting words.
"use strict";

const one = (what, from = document) => from.querySelector(what);
const all = (what, from = document) => [...from.querySelectorAll(what)];

// --- pages that take a while ------------------------------------------------------------------------------------

const busy = one("#busy");
let waiting = 0;

function begin() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { busy.hidden = false; }, 150);
}

function end() {
  clearTimeout(waiting);
  busy.hidden = true;
}

addEventListener("pageshow", end);
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.method === "get") {
    for (const field of form.elements) {
      if (field.name && !field.value) field.disabled = true; // an address without empty names
    }
    setTimeout(() => { for (const field of form.elements) field.disabled = false; }, 0);
  }
  begin();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey) return;
  if (link.hasAttribute("download") || link.target || link.getAttribute("href").startsWith("#")) return;
  begin();
});

const place = one(".top nav [aria-current]"); // on a narrow screen the menu scrolls
if (place) {
  const menu = place.parentElement;
  menu.scrollLeft = place.offsetLeft - menu.offsetLeft - (menu.clientWidth - place.offsetWidth) / 2;
}

// --- reading: walking the marks ---------------------------------------------------------------------------------

const cards = all(".card");
const triggers = all("a.m");
const readers = all(".reader");
let current = -1;

// the number of an event on the page: a page may hold several reports, each numbering its own from 0
const offset = (el) => Math.max(0, readers.indexOf(el.closest(".reader"))) * 100000;
const numberOf = (el) => offset(el) + Number(el.dataset.n);

function light(number) {
  for (const part of all("[data-e]")) {
    const mine = number - offset(part);
    const roles = part.dataset.e.split(" ").filter((r) => parseInt(r, 10) === mine).map((r) => r.slice(-1));
    for (const role of "tsardpwn") part.classList.toggle(role + "-on", roles.includes(role));
  }
}

function reveal(card) {
  const pane = card.parentElement; // where the cards scroll by themselves, the page stays as it is
  if (pane.scrollHeight > pane.clientHeight && getComputedStyle(pane).overflowY === "auto") {
    pane.scrollTop = card.offsetTop - 4;
  }
}

function choose(number, { open = true, move = true, focus = false } = {}) {
  current = number;
  light(number);
  for (const card of cards) {
    const here = numberOf(card) === number;
    card.classList.toggle("on", here);
    if (open) card.open = here;
    if (here && move) reveal(card);
  }
  const mark = triggers.find((m) => numberOf(m) === number);
  if (mark && move) {
    const box = mark.getBoundingClientRect();
    if (box.top < 80 || box.bottom > innerHeight - 20) mark.scrollIntoView({ block: "center" });
    if (focus) mark.focus({ preventScroll: true });
  }
}

function step(by) {
  if (!cards.length) return;
  const order = triggers.map(numberOf).filter((n, i, a) => a.indexOf(n) === i);
  for (const card of cards) if (!order.includes(numberOf(card))) order.push(numberOf(card));
  const at = order.indexOf(current);
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + by));
  choose(order[next], { focus: true });
}

if (cards.length) {
  for (const mark of triggers) {
    const number = numberOf(mark);
    mark.addEventListener("mouseenter", () => light(number));
    mark.addEventListener("mouseleave", () => light(current));
    mark.addEventListener("focus", () => light(number));
    mark.addEventListener("click", (event) => {
      event.preventDefault();
      choose(number);
      const card = cards.find((c) => numberOf(c) === number);
      history.replaceState(null, "", "#e-" + card.dataset.event);
      if (matchMedia("(max-width:64rem)").matches) card.scrollIntoView({ block: "start" });
      if (event.detail === 0) one(".in", card).focus({ preventScroll: true }); // by keyboard: go on in the card
    });
  }
  for (const card of cards) {
    one("summary", card).addEventListener("click", (event) => {
      event.preventDefault();
      const number = numberOf(card);
      if (card.open) { card.open = false; card.classList.remove("on"); current = -1; light(-1); } else choose(number);
    });
    card.addEventListener("mouseenter", () => light(numberOf(card)));
    card.addEventListener("mouseleave", () => light(current));
  }
  for (const steps of all(".steps")) {
    steps.hidden = false;
    for (const button of all("button", steps)) button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  const asked = decodeURIComponent(location.hash.slice(1));
  const wanted = cards.find((c) => "e-" + c.dataset.event === asked);
  if (wanted) choose(numberOf(wanted));
}

// --- rows of lists ------------------------------------------------------------------------------------------------

const rows = all("[data-rows]").flatMap((list) => [...list.children]);
let row = -1;

function stepRow(by) {
  if (!rows.length) return;
  row = Math.min(rows.length - 1, Math.max(0, row + by));
  rows.forEach((r, n) => r.classList.toggle("on", n === row));
  rows[row].scrollIntoView({ block: "nearest" });
  const link = one("a[href], button", rows[row]);
  if (link) link.focus({ preventScroll: true });
}

// --- reviewing without loading the page again ------------------------------------------------------------------------

const token = () => one('meta[name="csrf"]').content;

// What a verdict leaves on the page: a tag beside the event, and a way to take it back.
function show(form, verdict) {
  const review = form.closest(".review");
  const card = form.closest(".card") || form.closest("[data-rows] > *");
  const undo = one("button.undo", review);
  for (const old of all(".tag.mine", card || review)) old.remove();
  if (verdict === "undo") {
    form.remove();
    return;
  }
  if (!undo) {
    const back = form.cloneNode(true);
    back.action = "/review/undo";
    const press = one("button", back);
    press.className = "undo";
    press.textContent = "Take back";
    one(".correct", review).before(back);
  }
  const meta = card && one(".meta, .src", card);
  if (meta) {
    const tag = document.createElement("span");
    tag.className = `tag mine v-${verdict}`;
    tag.textContent = `${verdict}ed by ${form.elements.reviewer.value}`;
    meta.append(" ", tag);
  }
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.action, {
    method: "POST", body,
    headers: { "X-CSRF-Token": token(), "Accept": "application/json" },
  });
  const review = form.closest(".review");
  const words = { accept: "Accepted", reject: "Rejected", undo: "Taken back" };
  const verdict = button.className;
  let said = one(".said", review);
  if (!said) {
    said = document.createElement("p");
    said.className = "said soft";
    said.setAttribute("role", "status");
    review.append(said);
  }
  if (answer.ok) {
    said.textContent = words[verdict] + ".";
    show(form, verdict);
    const item = form.closest("[data-rows] > *");
    if (item) item.dataset.done = "1";
  } else {
    const told = await answer.json().catch(() => ({}));
    said.textContent = told.error ? told.error.message : "That failed; load the page again and try once more.";
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!button || !form.closest(".review") || !["accept", "reject", "undo"].includes(button.className)) return;
  event.preventDefault();
  end();
  send(form, button).catch(() => form.submit());
});

function press(name) {
  const place = rows.length && row >= 0 ? rows[row] : cards.find((c) => numberOf(c) === current);
  const button = place && one(`.review .${name}`, place);
  if (!button) return false;
  if (name === "correct") {
    button.open = true;
    one("select, input:not([type=hidden])", button).focus();
  } else button.click();
  return true;
}

// --- adding an event from selected words ---------------------------------------------------------------------------

const adding = one("#add-form");
if (adding) {
  const button = one("#add-button");
  const told = one("#add-words");
  let picked = null;
  const count = (text) => Array.from(text).length; // offsets are code points

  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    const from = range.commonAncestorContainer;
    const place = (from.nodeType === 1 ? from : from.parentElement).closest(".text");
    if (!place) return;
    const before = document.createRange();
    before.selectNodeContents(place);
    before.setEnd(range.startContainer, range.startOffset);
    const words = range.toString();
    const start = count(before.toString()) + count(words) - count(words.trimStart());
    picked = { where: place.dataset.where, start, end: start + count(words.trim()), words: words.trim() };
    button.disabled = !picked.words;
    told.textContent = picked.words ? "“" + (picked.words.length > 80 ? picked.words.slice(0, 79) + "…" : picked.words) + "”" : "";
  });

  const use = () => {
    if (!picked || !picked.words) return;
    adding.elements.where.value = picked.where;
    adding.elements.start.value = picked.start;
    adding.elements.end.value = picked.end;
    adding.hidden = false;
    adding.scrollIntoView({ block: "center" });
    adding.elements.type.focus();
  };
  button.addEventListener("click", use);
  addEventListener("keydown", (event) => { if (event.key === "m" && free(event)) { event.preventDefault(); use(); } });
}

// --- keys -----------------------------------------------------------------------------------------------------------

const keys = one("#keys");
const help = one("#keys-button");
help.hidden = false;
help.addEventListener("click", () => keys.showModal());

function free(event) {
  const at = event.target;
  return !(event.ctrlKey || event.metaKey || event.altKey || at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || keys.open);
}

document.addEventListener("keydown", (event) => {
  if (!free(event)) return;
  const by = { j: 1, n: 1, k: -1, p: -1 }[event.key];
  if (by) {
    event.preventDefault();
    if (rows.length) stepRow(by); else step(by);
  } else if (event.key === "/") {
    const field = one("#q") || one("input[type=search], textarea");
    if (field) { event.preventDefault(); field.focus(); }
  } else if (event.key === "?") {
    keys.showModal();
  } else if (event.key === "Enter" && event.target === document.body && current >= 0) {
    const card = cards.find((c) => numberOf(c) === current);
    if (card) one(".in", card).focus();
  } else {
    const verdict = { a: "accept", x: "reject", c: "correct" }[event.key];
    if (verdict && press(verdict)) event.preventDefault();
  }
});

// --- trying a report: files may be dropped ---------------------------------------------------------------------------

const drop = one("[data-drop]");
if (drop) {
  drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    one("input[type=file]", drop).files = event.dataTransfer.files;
  });
}

// --- choosing parties: another field when the last one is filled -------------------------------------------------------

for (const list of all("[data-more]")) {
  list.addEventListener("input", () => {
    const fields = all("input", list);
    if (fields.length < 8 && fields.every((f) => f.value)) {
      const more = fields[fields.length - 1].parentElement.cloneNode(true);
      const field = one("input", more);
      field.value = "";
      field.id += "x";
      one("label", more).htmlFor = field.id;
      list.append(more);
    }
  });
}
