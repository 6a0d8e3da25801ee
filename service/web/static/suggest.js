"use strict";
// Suggestions while typing, after the combobox pattern of the ARIA Authoring Practices Guide.
// Without this file the box is a plain one.

const WAIT = 150; // milliseconds without a key before anything is asked
const KINDS = { title: "事项", question: "问法" };

class Suggestions {
  constructor(box) {
    this.box = box;
    this.list = document.createElement("ul");
    this.list.id = box.id + "-suggestions";
    this.list.className = "suggestions";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "建议");
    box.after(this.list);
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.list.id);
    box.setAttribute("aria-expanded", "false");
    this.active = -1;
    this.typed = box.value;
    this.listen();
  }

  listen() {
    this.box.addEventListener("input", (event) => {
      // Half-written pinyin of an input method is no query yet.
      if (!event.isComposing) this.later();
    });
    this.box.addEventListener("compositionend", () => this.later());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => this.close());
    this.box.form.addEventListener("submit", () => this.close());
    // Before the blur that a press would bring.
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option && event.button === 0) this.take(option);
    });
  }

  later() {
    clearTimeout(this.timer);
    this.abort();
    this.typed = this.box.value;
    if (!this.typed.trim()) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  abort() {
    if (this.asking) this.asking.abort();
    this.asking = null;
  }

  async ask() {
    const asking = new AbortController();
    this.asking = asking;
    const address = this.box.dataset.suggest + "?q=" + encodeURIComponent(this.typed);
    try {
      const response = await fetch(address, { signal: asking.signal });
      if (!response.ok) throw new Error("suggestions: " + response.status);
      const found = await response.json();
      if (!asking.signal.aborted && document.activeElement === this.box) {
        this.show(found.suggestions);
      }
    } catch (error) {
      // A stale or failed request leaves the box as it is: suggestions are a comfort.
      if (!asking.signal.aborted) this.close();
    }
  }

  show(suggestions) {
    this.active = -1;
    this.box.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...suggestions.map((one, at) => this.option(one, at)));
    this.list.hidden = suggestions.length === 0;
    this.box.setAttribute("aria-expanded", String(suggestions.length > 0));
    document.querySelector("[data-said]").textContent =
      suggestions.length ? `${suggestions.length} 条建议，按上下键选择` : "";
  }

  option(one, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.text = one.text;
    const text = document.createElement("span");
    text.textContent = one.text;
    const kind = document.createElement("span");
    kind.textContent = KINDS[one.kind] || "";
    option.append(text, kind);
    return option;
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const options = [...this.list.children];
    const open = !this.list.hidden;
    if (event.key === "Escape" && open) {
      event.preventDefault(); // else a search box is emptied
      this.box.value = this.typed;
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) {
        if (options.length && this.box.value === this.typed) this.open();
        else this.later();
        if (this.list.hidden) return;
      }
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = options.length + 1; // one of them is the box itself, at -1
      this.move((this.active + 1 + step + places) % places - 1, options);
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.take(options[this.active]);
    }
  }

  move(to, options) {
    this.active = to;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === to)));
    if (to < 0) {
      this.box.removeAttribute("aria-activedescendant");
      this.box.value = this.typed;
    } else {
      this.box.setAttribute("aria-activedescendant", options[to].id);
      this.box.value = options[to].dataset.text;
      options[to].scrollIntoView({ block: "nearest" });
    }
  }

  take(option) {
    this.box.value = option.dataset.text;
    this.close();
    this.box.form.requestSubmit();
  }

  open() {
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
  }

  close() {
    clearTimeout(this.timer);
    this.abort();
    this.active = -1;
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
    for (const option of this.list.children) option.setAttribute("aria-selected", "false");
  }
}

for (const box of document.querySelectorAll("[data-suggest]")) new Suggestions(box);
