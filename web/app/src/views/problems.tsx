export default function ProblemsView() {
  return <h1>Problems</h1>;
}
