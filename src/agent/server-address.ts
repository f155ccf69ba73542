/**
 * The address of a server, to which a credential may be sent: by https, whose certificate is verified whatever the
 * environment says, or by http to this machine itself. There is no option to send a credential in the clear.
 *
 * @throws Error with a sentence that says what is wrong with it.
 */
export function serverAddress(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`The server's address "${text}" is none: it is written as https://defectxray.example.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error(`The server's address "${text}" begins with ${url.protocol}: it is written as https://defectxray.example.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Error("The server's address holds a user or a password: the credential goes into DEFECTXRAY_TOKEN.");
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Error(`${url.origin} would get the credential in the clear: use https, http is for this machine only.`);
  }
  return url;
}

/** Whether a host is this machine: RFC 6761 (localhost), RFC 1122 (127.0.0.0/8), RFC 4291 (::1). */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
