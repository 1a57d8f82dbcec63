import { render } from 'preact';
import { App } from './app';
import { start_theme } from './lib/theme';
import './styles/base.css';
import './styles/layout.css';

start_theme();
const root = document.getElementById('app');
if (root) render(<App />, root);
