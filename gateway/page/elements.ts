/** The few kinds of element that the script makes; text is set as text, never as markup. */

/** Makes an element with a class and with text or children. */
export function createElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...content);
  return element;
}

/** Makes a picture that says nothing to a screen reader, since the words beside it do. */
export function createPicture(className: string, name: string): HTMLImageElement {
  const picture = createElement('img', className);
  picture.src = `/assets/${name}.svg`;
  picture.alt = '';
  return picture;
}

/** Makes a button. */
export function createButton(
  className: string,
  text: string,
  onClick: () => void,
): HTMLButtonElement {
  const button = createElement('button', `button ${className}`, text);
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}
