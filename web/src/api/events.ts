// What the server says has changed, as it happens: GET /session/events (server-sent events, by the session's cookie). An event names a kind
// of thing, never what is in it: what is on the page is asked for again, as always. Only a page that is looked at holds a stream, since a
// browser has six connections for all its tabs. Where there is none (too many, an older server, a proxy that holds it back), live.ts asks by
// the clock alone.
export type Kind = 'hello' | 'tokens' | 'accounts' | 'grants' | 'sites' | 'users' | 'policy' | 'notices' | 'approvals' | 'denials' | 'usage';

const kKinds: readonly Kind[] = ['hello', 'tokens', 'accounts', 'grants', 'sites', 'users', 'policy', 'notices', 'approvals', 'denials', 'usage'];
const kAgain = 60_000;

let stream: EventSource | undefined;
let wanted = false;
let standing = false;
let again: ReturnType<typeof setTimeout> | undefined;

/** Whether changes are told; false: nothing is heard of them but by asking. */
export const told = (): boolean => standing;

/** Holds a stream as long as it is wanted; `tell` hears the kind of each event. `hello` comes at each beginning: what changed before it was not told. */
export function listen(tell: (kind: Kind) => void): { want: (now: boolean) => void } {
  const open = () => {
    const mine = new EventSource('/session/events');
    stream = mine;
    for (const kind of kKinds) {
      mine.addEventListener(kind, () => {
        standing = true;
        tell(kind);
      });
    }
    mine.addEventListener('error', () => {
      standing = false;
      // The browser connects again by itself, unless it was refused.
      if (mine.readyState === EventSource.CLOSED && stream === mine) {
        stream = undefined;
        again = setTimeout(() => {
          again = undefined;
          if (wanted) open();
        }, kAgain);
      }
    });
  };
  return {
    want(now) {
      wanted = now;
      // After a refusal not at each movement of the pointer.
      if (now && !stream && again === undefined) open();
      if (!now && stream) {
        stream.close();
        stream = undefined;
        standing = false;
      }
      if (!now) {
        clearTimeout(again);
        again = undefined;
      }
    },
  };
}

/** Whether what is read at this address may be other after an event of this kind. */
export function concerns(kind: Kind, target: string): boolean {
  if (kind === 'usage') return /\/(usage|rotation)\b|\/tokens\/[^/?]+$|\/reports\/wake\?(token|account)=/.test(target);
  if (kind === 'denials') return target.includes('/denials');
  if (kind === 'notices') return /\/notify\/|\/reports\/wake/.test(target);
  return true;
}
