import { useState } from 'preact/hooks';
import { fetch_artifact } from '../api/client';
import type { Artifact } from '../api/types';
import { artifact_bytes, download_bytes } from './download';

/// Fetches one that is too large to stand in its execution. Throws what the API's client throws.
async function download_artifact(execution_id: string, artifact: Artifact): Promise<void> {
  download_bytes(artifact.name, artifact.content === undefined ? await fetch_artifact(execution_id, artifact.name) : artifact_bytes(artifact));
}

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
