// The HTML that shows a page of this site in a frame of another.

/**
 * Return the HTML of a frame, 800 by 500 pixels.
 * @param {string} url
 * @param {string} title
 */
export function frameCode(url, title) {
  const frame = document.createElement("iframe");
  frame.src = url;
  frame.title = title;
  frame.width = "800";
  frame.height = "500";
  frame.setAttribute("loading", "lazy");
  return frame.outerHTML;
}
