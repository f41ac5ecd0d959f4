/** A Tabler icon. Decoration: the words beside it say the same. */
export const Icon = ({ name, className = '' }: { name: string; className?: string }) => (
  <i className={`ti ${name} ${className}`} aria-hidden="true" />
);
