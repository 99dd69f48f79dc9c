/** Shows a percentage. */
export function ProgressBar({ percentage }: { percentage: number }) {
  return (
    <div className="bar">
      <progress max={100} value={percentage} aria-label="Progress" />
      <span className="percent">{Math.floor(percentage)} %</span>
    </div>
  );
}
