/** A small window at a place on the screen, kept inside it; goes with Escape or a click elsewhere. */
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { focusCanvas } from '../canvas/instance';
import type { Point } from '../graph/edits';

type Props = {
  at: Point;
  label: string;
  role?: 'dialog' | 'menu';
  className?: string;
  close: () => void;
  children: ReactNode;
};

const MARGIN = 8;

export function Popover({ at, label, role = 'dialog', className = '', close, children }: Props) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(MARGIN, Math.min(at.x, innerWidth - width - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, Math.min(at.y, innerHeight - height - MARGIN))}px`;
  }, [at.x, at.y]);

  useEffect(() => {
    const outside = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) close();
    };
    // Not the very click that opened it.
    const timer = setTimeout(() => document.addEventListener('pointerdown', outside, true));
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerdown', outside, true);
    };
  }, [close]);

  return (
    <div
      ref={box}
      className={`dpopover ${className}`}
      role={role}
      aria-label={label}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== 'Escape') return;
        close();
        focusCanvas();
      }}
    >
      {children}
    </div>
  );
}
