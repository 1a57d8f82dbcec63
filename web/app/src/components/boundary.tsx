import { Component, type ComponentChildren } from 'preact';
import { Failed } from './states';

/// A view that failed to draw leaves the rest of the page alone. Given another `key`, it begins anew.
export class Boundary extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static override getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <Failed what="This view failed." error={this.state.error} retry={() => this.setState({ error: null })} />;
  }
}
