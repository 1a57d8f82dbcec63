export default function AccountView() {
  return <h1>Account</h1>;
}
