// A modal dialog: the browser's own, which keeps the focus inside, gives it back, and closes by Escape.
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { texts } from '../texts.ts';

export function Dialog({ title, onClose, children, className = '' }: { title: string; onClose: () => void; children: ReactNode; className?: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    // What is to be entered comes first; the browser would take the button that closes.
    (element?.querySelector<HTMLElement>('[data-first]') ?? element?.querySelector<HTMLElement>('input, select, textarea'))?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={className}
      aria-labelledby={heading}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      <div className="dialog-body">
        <div className="dialog-head">
          <h2 id={heading}>{title}</h2>
          <button type="button" className="plain" aria-label={texts.close} onClick={onClose}>✕</button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
