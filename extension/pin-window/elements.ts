/** The few kinds of element that the window is made of; text is set as text, never as markup. */

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
export function createPicture(className: string, source: string): HTMLImageElement {
  const picture = createElement('img', className);
  picture.src = source;
  picture.alt = '';
  return picture;
}

/** The address of a picture that came with the extension. */
export function pictureAddress(name: string): string {
  return `../design/${name}.svg`;
}

/** Makes a button. */
export function createButton(
  className: string,
  content: Node | string,
  onClick: () => void,
): HTMLButtonElement {
  const button = createElement('button', className, content);
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}

/** Finds an element of the window's own page. */
export function getElement(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new TypeError('the page has another shape');
  return element;
}
