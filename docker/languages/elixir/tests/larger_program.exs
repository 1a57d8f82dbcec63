defmodule Refused do
  defexception [:name, :balance]
  def message(%{name: name, balance: balance}), do: "#{name} has only #{balance}"
end

defprotocol Shown do
  def shown(value)
end

defmodule Account do
  defstruct [:name, balance: 0]

  def change(%Account{balance: balance} = account, amount) when balance + amount < 0,
    do: raise(Refused, name: account.name, balance: balance)

  def change(account, amount), do: %{account | balance: account.balance + amount}

  defimpl Shown do
    def shown(%{name: name, balance: balance}), do: "#{name}=#{balance}"
  end
end

defimpl Shown, for: Tuple do
  def shown({key, value}), do: "#{key}=#{value}"
end

defmodule Bank do
  use GenServer

  def init(_), do: {:ok, %{}}

  def handle_call(:accounts, _from, accounts), do: {:reply, Map.values(accounts), accounts}

  def handle_call(command, _from, accounts) do
    {:reply, :ok, run(command, accounts)}
  rescue
    error in Refused -> {:reply, {:refused, Exception.message(error)}, accounts}
  end

  defp run(["deposit", name, amount], accounts), do: change(accounts, name, String.to_integer(amount))
  defp run(["withdraw", name, amount], accounts), do: change(accounts, name, -String.to_integer(amount))

  defp run(["transfer", from, to, amount], accounts),
    do: run(["deposit", to, amount], run(["withdraw", from, amount], accounts))

  defp change(accounts, name, amount) do
    account = Map.get(accounts, name, %Account{name: name})
    Map.put(accounts, name, Account.change(account, amount))
  end
end

defmodule Puzzles do
  def queens(size, columns \\ [])
  def queens(size, columns) when length(columns) == size, do: 1

  def queens(size, columns) do
    for(column <- 1..size, safe?(column, columns), do: queens(size, [column | columns])) |> Enum.sum()
  end

  defp safe?(column, columns) do
    columns
    |> Enum.with_index(1)
    |> Enum.all?(fn {taken, distance} -> taken != column and abs(taken - column) != distance end)
  end
end

{:ok, bank} = GenServer.start_link(Bank, nil)

for line <- IO.stream(:stdio, :line) do
  with {:refused, message} <- GenServer.call(bank, String.split(line)), do: IO.puts("refused: #{message}")
end

show = fn items -> items |> Enum.map_join(" ", &Shown.shown/1) |> IO.puts() end
bank |> GenServer.call(:accounts) |> Enum.sort_by(& &1.name) |> show.()
IO.puts("queens #{Puzzles.queens(6)}")
fibonacci = Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end) |> Enum.at(50)
IO.puts("fibonacci #{fibonacci}")

~w(the quick the lazy the dog quick)
|> Enum.frequencies()
|> Enum.sort_by(fn {word, count} -> {-count, word} end)
|> show.()
