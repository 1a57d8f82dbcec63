import { useState } from 'preact/hooks';
import type { Artifact } from '../api/types';
import { download_artifact } from './download';

/// A file's button. One that is too large to stand in its execution is fetched first.
export function SaveArtifact({ execution_id, artifact, text }: { execution_id: string; artifact: Artifact; text: string }) {
  const [trouble, set_trouble] = useState('');
  const save = () => {
    set_trouble('');
    download_artifact(execution_id, artifact).catch((error: unknown) => {
      set_trouble(error instanceof Error && error.message !== '' ? error.message : 'It cannot be fetched now.');
    });
  };
  return (
    <>
      <button type="button" onClick={save} aria-label={`${text} ${artifact.name}`}>{text}</button>
      {trouble !== '' && <span class="bad" role="alert"> {trouble}</span>}
    </>
  );
}
