(() => {
  const globals = globalThis;
  showLanguages();
  addCopyButtons();
  startSearch();
  if (matchMedia("(max-width: 56rem)").matches) document.querySelector("details.pages")?.removeAttribute("open");
  function showLanguages() {
    const groups = [...document.querySelectorAll(".samples")];
    const choose = (language) => {
      for (const group of groups) {
        const sections = [...group.querySelectorAll("section")];
        const shown = sections.find((section) => section.dataset["language"] === language) ?? sections[0];
        for (const section of sections) section.hidden = section !== shown;
        for (const button of group.querySelectorAll(".languages button")) button.setAttribute("aria-pressed", String(button.dataset["language"] === shown?.dataset["language"]));
      }
    };
    for (const group of groups) {
      const bar = document.createElement("div");
      bar.className = "languages";
      bar.setAttribute("role", "group");
      bar.setAttribute("aria-label", "Language");
      for (const section of group.querySelectorAll("section")) {
        const button = document.createElement("button");
        const language = section.dataset["language"];
        button.type = "button";
        button.dataset["language"] = language;
        button.textContent = section.querySelector("h4").textContent;
        button.onclick = () => {
          const before = button.getBoundingClientRect().top;
          choose(language);
          scrollBy(0, button.getBoundingClientRect().top - before);
          remember(language);
        };
        bar.append(button);
      }
      group.prepend(bar);
      group.classList.add("chosen");
    }
    choose("sh");
    choose(remembered() ?? "sh");
  }
  function remember(language) {
    try {
      localStorage.setItem("openclaw-language", language);
    } catch {
    }
  }
  function remembered() {
    try {
      return localStorage.getItem("openclaw-language");
    } catch {
      return null;
    }
  }
  function addCopyButtons() {
    if (!("clipboard" in navigator)) return;
    for (const block of document.querySelectorAll("pre")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.onclick = async () => {
        await navigator.clipboard.writeText(block.querySelector("code").textContent);
        button.textContent = "Copied";
        setTimeout(() => button.textContent = "Copy", 1500);
      };
      const frame = document.createElement("div");
      frame.className = "block";
      block.replaceWith(frame);
      frame.append(block, button);
    }
  }
  function startSearch() {
    const input = document.querySelector(".search input");
    const list = document.querySelector("#found");
    let chosen = 0;
    const show = () => {
      const found = input.value.trim() === "" ? [] : search(input.value);
      chosen = 0;
      list.replaceChildren(...found.map(optionOf), ...found.length === 0 && input.value.trim() !== "" ? [nothingFound()] : []);
      list.hidden = input.value.trim() === "";
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark();
    };
    const options = () => [...list.querySelectorAll("[role=option]")];
    const mark = () => {
      for (const [index, option2] of options().entries()) option2.setAttribute("aria-selected", String(index === chosen));
      const option = options()[chosen];
      if (!option) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };
    input.onfocus = () => loadIndex(show);
    input.oninput = show;
    input.onkeydown = (event) => {
      const count = options().length;
      if (event.key === "Escape") return input.value === "" ? input.blur() : (input.value = "", close());
      if (event.key === "Enter" && count > 0) return options()[chosen].querySelector("a").click();
      if (count === 0 || event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : count - 1)) % count;
      mark();
    };
    list.onclick = close;
    document.addEventListener("click", ({ target }) => target instanceof Node && !input.parentElement.contains(target) && close());
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target instanceof HTMLElement && (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName));
      if (event.key === "/" && !isTyping || event.key === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        input.select();
        input.focus();
      }
    });
  }
  function loadIndex(then) {
    if (globals.openclawSearch) return;
    const script = document.createElement("script");
    script.src = document.querySelector('script[src$="page.js"]').src.replace("page.js", "search-index.js");
    script.onload = then;
    document.head.append(script);
  }
  function search(query) {
    const all = query.toLowerCase().split(/\s+/).filter(Boolean);
    const telling = all.filter((word) => !/^(an?|the|to|of|in|on|for|and|is|do|i|my|how|what|with)$/.test(word));
    const words = telling.length > 0 ? telling : all;
    const scored = (globals.openclawSearch ?? []).map((entry) => ({ entry, score: Math.min(...words.map((word) => scoreOf(entry, word))) * 100 + words.reduce((sum, word) => sum + scoreOf(entry, word), 0) }));
    return scored.filter(({ score }) => score >= 100).sort((a, b) => b.score - a.score).slice(0, 12).map(({ entry }) => entry);
  }
  function scoreOf(entry, word) {
    const [title, where, , text] = entry.map((part) => part.toLowerCase());
    const [first = ""] = title.split(/\W+/);
    if (first === word || first === `${word}s`) return 5;
    if (hasWord(title, word)) return 4;
    if (title.includes(word)) return 3;
    if (where.includes(word)) return 2;
    if (hasWord(text, word)) return 1;
    return word.length > 3 && word.endsWith("s") ? scoreOf(entry, word.slice(0, -1)) : 0;
  }
  function hasWord(text, begin) {
    for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) if (at === 0 || !/[a-z0-9]/.test(text[at - 1])) return true;
    return false;
  }
  function optionOf([title, where, address], index) {
    const option = document.createElement("li");
    option.id = `found-${index}`;
    option.setAttribute("role", "option");
    const link = document.createElement("a");
    link.href = address;
    link.tabIndex = -1;
    const place = document.createElement("small");
    place.textContent = where;
    link.append(title, place);
    option.append(link);
    return option;
  }
  function nothingFound() {
    const item = document.createElement("li");
    item.className = "nothing";
    item.textContent = "Nothing has all of these words.";
    return item;
  }
})();
