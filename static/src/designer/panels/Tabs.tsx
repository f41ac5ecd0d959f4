/** Tabs, by arrow keys too. One tab is not worth a row. */
import { useId } from 'react';

export type Tab = { key: string; title: string; icon?: string };

export function Tabs({
  label,
  tabs,
  chosen,
  choose,
}: {
  label: string;
  tabs: Tab[];
  chosen: string;
  choose: (key: string) => void;
}) {
  const id = useId();
  if (tabs.length < 2) return null;
  return (
    <div
      className="dtabs"
      role="tablist"
      aria-label={label}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!by) return;
        event.preventDefault();
        const at = tabs.findIndex((tab) => tab.key === chosen);
        const next = tabs[(at + by + tabs.length) % tabs.length]!;
        choose(next.key);
        document.getElementById(`${id}-${next.key}`)?.focus();
      }}
    >
      {tabs.map((tab) => (
        <button
          key={tab.key}
          id={`${id}-${tab.key}`}
          type="button"
          role="tab"
          aria-selected={tab.key === chosen}
          tabIndex={tab.key === chosen ? 0 : -1}
          onClick={() => choose(tab.key)}
        >
          {tab.icon && <i className={`ti ${tab.icon}`} aria-hidden="true" />} {tab.title}
        </button>
      ))}
    </div>
  );
}
