/** Whether an address to listen on is this machine's own only. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** Whether a request's `Host` names this machine as itself. */
export const isOwnHost = (host: string): boolean => {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return isLoopback(name.replace(/^\[(.*)\]$/, '$1')) || name.endsWith('.localhost');
};
