/** The same items in the same order, the next of which is already being made while one is used, and no more than that. */
export async function* oneAhead<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item> {
  try {
    for (let next = items.next(); ; ) {
      const step = await next;
      if (step.done === true) return;
      next = items.next();
      // What it fails with is thrown when its turn comes, and never where nobody wants it any more.
      next.catch(() => {});
      yield step.value;
    }
  } finally {
    await items.return(undefined);
  }
}
