// Small things that people type, and durations as they say them.
export const wordsIn = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

const kUnits: Record<string, string> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' };
export function spoken(duration: string): string {
  const parts = /^(\d+)([smhdw])$/.exec(duration);
  return parts ? `${parts[1]} ${kUnits[parts[2]!]}${parts[1] === '1' ? '' : 's'}` : duration;
}
