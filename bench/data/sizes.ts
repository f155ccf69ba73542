/** How many organizations a data set has, whatever its size. */
export const ORGANIZATIONS = 200;

/** The sizes that the benchmark uses, by how many defects there are. */
export const QUICK_DEFECTS = 20_000;
export const FULL_DEFECTS = 1_000_000;

/** How much of all defects each organization has, the largest first: the n-th a share of 1/n (Zipf). They add up to 1. */
export function zipfWeights(count = ORGANIZATIONS): readonly number[] {
  const shares = Array.from({ length: count }, (_, n) => 1 / (n + 1));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

/** Whole numbers that add up to `total`, in the proportion of the weights, none of them below 1. */
export function apportion(total: number, weights: readonly number[]): readonly number[] {
  let [given, share] = [0, 0];
  return weights.map((weight, n) => {
    share += weight * total;
    const left = weights.length - n - 1;
    const part = left === 0 ? total - given : Math.max(1, Math.min(Math.round(share) - given, total - given - left));
    given += part;
    return part;
  });
}
