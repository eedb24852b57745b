/**
 * Keeps clients from searching for a birth date by asking often (design §5): the ages that one
 * organisation may ask about, over all its clients together, are few and far apart.
 */
import type { RegisteredClient } from './clients.ts';

const MAX_CUT_POINTS = 3;
const MIN_YEARS_APART = 3;

/** Every age at which a client's tokens can tell two people apart: thresholds and age rule, in order. */
export function cutPointsOf(client: RegisteredClient): number[] {
  const { min, below } = client.requireAge ?? {};
  const all = [...client.ageThresholds, min, below].filter((point) => point !== undefined);
  return sortPoints(all);
}

/**
 * Finds the organisations that could ask too finely. A client whose file gives the operator's written
 * reason stands outside the count.
 * @returns one sentence for each, empty when all is well.
 */
export function findCutPointFaults(clients: Iterable<RegisteredClient>): string[] {
  const pointsByOrganisation = new Map<string, number[]>();
  for (const client of clients) {
    if (client.cutPointsReason !== undefined) continue;
    const name = normaliseOrganisation(client.organisation);
    pointsByOrganisation.set(name, [
      ...(pointsByOrganisation.get(name) ?? []),
      ...cutPointsOf(client),
    ]);
  }
  return [...pointsByOrganisation].flatMap(([organisation, points]) => {
    const fault = findFault(sortPoints(points));
    return fault ? [`organisation "${organisation}": ${fault}`] : [];
  });
}

/** One organisation, however its name was typed: letter case and spaces do not make a second one. */
export function normaliseOrganisation(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

function findFault(points: readonly number[]): string | undefined {
  if (points.length > MAX_CUT_POINTS) {
    return `more than ${MAX_CUT_POINTS} cut points without a written reason`;
  }
  const close = points.some(
    (point, index) => point - (points[index - 1] ?? -120) < MIN_YEARS_APART,
  );
  if (close) return `cut points fewer than ${MIN_YEARS_APART} years apart without a written reason`;
  return undefined;
}

function sortPoints(points: readonly number[]): number[] {
  return [...new Set(points)].sort((left, right) => left - right);
}
