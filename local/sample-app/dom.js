// Creates elements without a framework. Strings become text nodes, never markup.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

// The logo, or the first letter of the name if there is no logo or it does not load.
export function logo(requestor) {
  const letter = () => el("span", { class: "logo letter", "aria-hidden": "true" }, [...requestor.displayName][0].toUpperCase());
  const source = requestor.logos.find(({ mediaType }) => mediaType === "image/svg+xml") ?? requestor.logos[0];
  if (!source) return letter();
  const image = el("img", { class: "logo", src: source.url, alt: "", width: 44, height: 44 });
  image.addEventListener("error", () => image.replaceWith(letter()));
  return image;
}
