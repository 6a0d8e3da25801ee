"use strict";
// A language model's answer, sentence by sentence, in place of the extract, which stays at hand
// below it. Whatever goes wrong the extract comes back; without this file it stands as it is.

function make(tag, name, ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
}

// Text with its [n] marks as links to the citations; everything else stays text.
function pieces(text, known) {
  return text.split(/(\[\d+\])/).map((part) => {
    const n = Number(part.slice(1, -1));
    if (!/^\[\d+\]$/.test(part) || !known.has(n)) return part;
    const link = make("a", "ref", part);
    link.href = `#s${n}`;
    link.setAttribute("aria-label", `引文 ${n}`);
    return link;
  });
}

function line(citation) {
  const link = make("a", "", citation.measure);
  link.href = `/m/${encodeURIComponent(citation.measure)}`;
  const words = ` ${citation.column}：“${citation.quote}”`;
  const item = make("li", "", make("b", "", `[${citation.n}]`), " ", link, words);
  item.id = `s${citation.n}`;
  item.tabIndex = -1;
  return item;
}

function listen(place) {
  const extract = [...place.childNodes];
  const known = new Set();
  const told = make("p", "told");
  const grounds = make("ol", "brief");
  const state = make("p", "telling");
  state.setAttribute("role", "status");
  state.dataset.state = "busy";
  place.before(state);
  place.setAttribute("aria-busy", "true");
  // A live region speaks of what changes in it, so it stands empty first.
  requestAnimationFrame(() => {
    if (!state.textContent) state.textContent = "语言模型正在整理回答，先看原文摘录……";
  });
  const source = new EventSource(place.dataset.stream);

  function cite(citations) {
    for (const citation of citations) {
      if (known.has(citation.n)) continue;
      known.add(citation.n);
      grounds.append(line(citation));
    }
  }

  function end(words, name) {
    source.close();
    place.removeAttribute("aria-busy");
    state.dataset.state = name;
    state.textContent = words;
    state.hidden = !words;
    if (name !== "told") place.replaceChildren(...extract);
  }

  source.addEventListener("sentence", (event) => {
    const sentence = JSON.parse(event.data);
    cite(sentence.citations);
    if (!told.isConnected) {
      const kept = make("details", "extract", make("summary", "", "原文摘录"), ...extract);
      place.replaceChildren(told, grounds, kept);
      state.textContent = "语言模型正在整理回答……";
    }
    told.append(...pieces(sentence.text, known));
  });

  source.addEventListener("done", (event) => {
    const answer = JSON.parse(event.data);
    if (answer.outcome !== "model") {
      end(answer.notice, "kept");
      return;
    }
    cite(answer.citations);
    const dropped = answer.dropped ? `略去了 ${answer.dropped} 句没有依据的话。` : "";
    end(`由语言模型按引文整理，以原文为准。${dropped}`, "told");
  });

  // Both the event of that name and a lost connection; the browser's own second try would ask anew.
  source.addEventListener("error", () => {
    end("没能整理完，这里给出的是原文摘录。", "kept");
  });
}

for (const place of document.querySelectorAll("[data-stream]")) listen(place);
