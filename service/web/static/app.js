"use strict";
// Comforts only: the page works without this file.

const said = document.querySelector("[data-said]");

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

// The clipboard is closed to pages over plain HTTP from another machine: there the text is
// selected and the older command tried.
async function copy(text, element) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused by the user's settings: go on with the selection.
    }
  }
  if (!element) return false;
  select(element);
  return document.execCommand("copy");
}

function tell(button, done, failed) {
  const label = button.dataset.label || (button.dataset.label = button.textContent);
  const words = done ? "已复制" : failed;
  button.textContent = words;
  said.textContent = "";
  requestAnimationFrame(() => { said.textContent = words; });
  setTimeout(() => { button.textContent = label; }, 2000);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const line = button.parentElement.querySelector("[data-reference]");
    tell(button, await copy(line.textContent.trim(), line), "已选中，请按复制键");
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  button.addEventListener("click", async () => {
    tell(button, await copy(location.href, null), "请复制地址栏");
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// Paper has no second page to open: a list is printed whole, in older browsers too.
window.addEventListener("beforeprint", () => {
  for (const rest of document.querySelectorAll("details.rest")) rest.open = true;
});

// What a new page found is told to screen readers: a status that is there from the start is not.
const found = document.querySelector("[data-announce]");
if (found) setTimeout(() => { said.textContent = found.dataset.announce; }, 400);

// Anything longer than 300 ms shows that it goes on; the style holds the bar back until then.
const progress = document.querySelector("[data-progress]");
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("submit", () => {
    form.setAttribute("aria-busy", "true");
    progress.hidden = false;
  });
}
window.addEventListener("pageshow", () => {
  progress.hidden = true;
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// A mark's citation takes the focus, so that reading goes on from there.
for (const mark of document.querySelectorAll("a.ref")) {
  mark.addEventListener("click", () => {
    const cited = document.getElementById(mark.hash.slice(1));
    if (!cited) return;
    const rest = cited.closest("details");
    if (rest) rest.open = true;
    cited.focus({ preventScroll: true });
  });
}

// A question far too long would not fit into an address: it is told before it is sent.
for (const box of document.querySelectorAll("[data-limit]")) {
  const limit = Number(box.dataset.limit);
  box.addEventListener("input", () => {
    const length = [...box.value].length;
    box.setCustomValidity(length > limit ? `问题太长（${length} 字）；请缩短到 ${limit} 字以内` : "");
  });
}
