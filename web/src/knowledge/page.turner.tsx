interface PageTurnerProps {
  page: number;
  pages: number;
  turn(page: number): void;
}

/** Shows page navigation; nothing for a single page. */
export function PageTurner({ page, pages, turn }: PageTurnerProps) {
  if (pages <= 1) return null;
  const step = (by: number, label: string) => {
    const isThere = page + by >= 1 && page + by <= pages;
    return (
      <button type="button" onClick={() => isThere && turn(page + by)} aria-disabled={!isThere}>
        {label}
      </button>
    );
  };
  return (
    <div className="actions page-turner" role="group" aria-label="Pages">
      {step(-1, 'Previous')}
      <span role="status">
        Page {page} of {pages}
      </span>
      {step(1, 'Next')}
    </div>
  );
}
