// Who looks at the panel, and what they may do at all.
import { createContext, useContext } from 'react';
import { may, type OperationId } from '../api/client.ts';
import type { Session } from '../api/session.ts';

export const Me = createContext<Session | undefined>(undefined);

export function useMe(): Session {
  return useContext(Me)!;
}

/** Whether an operation is worth offering: the person's role has it. How far it reaches, the server decides. */
export function useMay(): (id: OperationId) => boolean {
  const { role } = useMe();
  return (id) => may(role, id);
}
