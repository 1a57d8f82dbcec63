<?php
declare(strict_types=1);

final class Refused extends RuntimeException {}

enum Command: string
{
    case Deposit = 'deposit';
    case Withdraw = 'withdraw';
    case Transfer = 'transfer';
}

final class Account
{
    public function __construct(public readonly string $name, private int $balance = 0) {}

    public function deposit(int $amount): void
    {
        $this->balance += $amount;
    }

    public function withdraw(int $amount): void
    {
        if ($amount > $this->balance) throw new Refused("{$this->name} has only {$this->balance}");
        $this->balance -= $amount;
    }

    public function __toString(): string
    {
        return "{$this->name}={$this->balance}";
    }
}

final class Bank
{
    /** @var array<string, Account> */
    private array $accounts = [];

    private function account(string $name): Account
    {
        return $this->accounts[$name] ??= new Account($name);
    }

    public function run(string $line): void
    {
        $words = explode(' ', trim($line));
        try {
            match (Command::from(array_shift($words))) {
                Command::Deposit => $this->account($words[0])->deposit((int) $words[1]),
                Command::Withdraw => $this->account($words[0])->withdraw((int) $words[1]),
                Command::Transfer => [
                    $this->account($words[0])->withdraw((int) $words[2]),
                    $this->account($words[1])->deposit((int) $words[2]),
                ],
            };
        } catch (Refused $error) {
            echo 'refused: ', $error->getMessage(), "\n";
        }
    }

    public function balances(): string
    {
        ksort($this->accounts);
        return implode(' ', $this->accounts);
    }
}

$bank = new Bank();
while (($line = fgets(STDIN)) !== false) $bank->run($line);
echo $bank->balances(), "\n";

function queens(int $size, int ...$columns): int
{
    $row = count($columns);
    if ($row === $size) return 1;
    $count = 0;
    for ($column = 0; $column < $size; $column++) {
        foreach ($columns as $other => $taken) {
            if ($taken === $column || abs($taken - $column) === $row - $other) continue 2;
        }
        $count += queens($size, ...$columns, ...[$column]);
    }
    return $count;
}
echo 'queens ', queens(6), "\n";

$fibonacci = (function (): Generator {
    [$first, $second] = [0, 1];
    while (true) {
        yield $first;
        [$first, $second] = [$second, $first + $second];
    }
})();
foreach ($fibonacci as $index => $number) if ($index === 50) break;
echo "fibonacci $number\n";

$counts = array_count_values(explode(' ', 'the quick the lazy the dog quick'));
uksort($counts, fn($a, $b) => [$counts[$b], $a] <=> [$counts[$a], $b]);
echo implode(' ', array_map(fn($word, $count) => "$word=$count", array_keys($counts), $counts)), "\n";
