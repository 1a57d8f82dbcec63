export default function RunView() {
  return <h1>Run</h1>;
}
