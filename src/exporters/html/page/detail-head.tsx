// The head of a function's details: the way back, the way out, and which function it is.
import type { RefObject } from 'preact';
import type { FunctionIdentity } from '../../../profile.ts';

export interface DetailHeadProps {
  readonly headingRef: RefObject<HTMLHeadingElement | null>;
  readonly of: Pick<FunctionIdentity, 'name' | 'kind'>;
  /** Empty where it is not known. */
  readonly place: string;
  readonly hasBack: boolean;
  onBack(): void;
  onClose(): void;
}

export function DetailHead({ headingRef, of, place, hasBack, onBack, onClose }: DetailHeadProps) {
  return (
    <header>
      <div class="detail-bar">
        {hasBack && (
          <button type="button" onClick={onBack}>
            ← Back
          </button>
        )}
        <button type="button" class="close" aria-label="Close details" onClick={onClose}>
          ✕
        </button>
      </div>
      <h2 id="detail-name" ref={headingRef} tabIndex={-1}>
        {of.name}
      </h2>
      <p class="place">
        {place === '' ? '' : `${place} · `}
        {of.kind}
      </p>
    </header>
  );
}
