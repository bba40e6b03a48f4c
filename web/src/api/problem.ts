// What went wrong with a request, as the server's problem documents (RFC 9457) say it.
import type { Schemas } from './types.ts';

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly missingRole: string | undefined;
  /** Stands in the server's log; undefined where no server answered. */
  readonly requestId: string | undefined;

  constructor(status: number, said: Partial<Schemas['Problem']>) {
    super(said.detail ?? said.title ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.code = said.code ?? 'unknown';
    this.field = said.field ?? undefined;
    this.missingRole = said.missing_role ?? undefined;
    this.requestId = said.request_id;
  }
}

export function asProblem(caught: unknown): Problem {
  if (caught instanceof Problem) return caught;
  if (caught instanceof TypeError) return new Problem(0, { code: 'unreachable', detail: 'Gatehouse did not answer. Is the server up?' });
  return new Problem(0, { code: 'unknown', detail: caught instanceof Error ? caught.message : String(caught) });
}

export async function problemOf(answer: Response): Promise<Problem> {
  try {
    return new Problem(answer.status, (await answer.json()) as Partial<Schemas['Problem']>);
  } catch {
    return new Problem(answer.status, { detail: `The server answered ${answer.status}.` });
  }
}
