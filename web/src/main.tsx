// Starts the panel: who is signed in, and then the frame.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { asProblem } from './api/problem.ts';
import { session } from './api/session.ts';
import { Me } from './parts/me.tsx';
import { Shell } from './parts/Shell.tsx';
import { ProblemNote } from './parts/ui.tsx';

const root = createRoot(document.getElementById('panel')!);
session().then(
  (me) => root.render(<StrictMode><Me value={me}><Shell /></Me></StrictMode>),
  (caught: unknown) => root.render(<main id="main"><h1>Gatehouse</h1><ProblemNote problem={asProblem(caught)} /></main>),
);
