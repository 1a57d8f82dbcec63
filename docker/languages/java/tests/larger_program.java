import java.io.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.stream.*;

/** A bank with accounts, sealed events, streams, generics, threads and text. */
public class Main {
  sealed interface Event permits Deposit, Withdrawal, Transfer {}
  record Deposit(String account, long amount) implements Event {}
  record Withdrawal(String account, long amount) implements Event {}
  record Transfer(String from, String to, long amount) implements Event {}

  static class Refused extends Exception {
    Refused(String message) { super(message); }
  }

  static class Bank {
    private final Map<String, Long> balances = new TreeMap<>();

    void apply(Event event) throws Refused {
      switch (event) {
        case Deposit(String account, long amount) -> balances.merge(account, amount, Long::sum);
        case Withdrawal(String account, long amount) -> take(account, amount);
        case Transfer(String from, String to, long amount) -> {
          take(from, amount);
          balances.merge(to, amount, Long::sum);
        }
      }
    }

    private void take(String account, long amount) throws Refused {
      long balance = balances.getOrDefault(account, 0L);
      if (balance < amount) throw new Refused(account + " has only " + balance);
      balances.put(account, balance - amount);
    }
  }

  static Event parse(String line) {
    String[] parts = line.split("\\s+");
    return switch (parts[0]) {
      case "deposit" -> new Deposit(parts[1], Long.parseLong(parts[2]));
      case "withdraw" -> new Withdrawal(parts[1], Long.parseLong(parts[2]));
      case "transfer" -> new Transfer(parts[1], parts[2], Long.parseLong(parts[3]));
      default -> throw new IllegalArgumentException(line);
    };
  }

  static <K, V extends Comparable<V>> Optional<K> largest(Map<K, V> map) {
    return map.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  static class Sieve implements Iterable<Integer> {
    private final BitSet composite = new BitSet();
    private final int limit;
    Sieve(int limit) {
      this.limit = limit;
      for (int i = 2; i * i <= limit; i++)
        if (!composite.get(i)) for (int j = i * i; j <= limit; j += i) composite.set(j);
    }
    @Override public Iterator<Integer> iterator() {
      return IntStream.rangeClosed(2, limit).filter(i -> !composite.get(i)).iterator();
    }
  }

  public static void main(String[] args) throws Exception {
    Bank bank = new Bank();
    BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = reader.readLine()) != null; ) {
      try {
        bank.apply(parse(line));
      } catch (Refused refused) {
        System.out.println("refused: " + refused.getMessage());
      }
    }
    System.out.println(bank.balances + " " + largest(bank.balances).orElse("none"));
    int sum = 0;
    for (int prime : new Sieve(100)) sum += prime;
    System.out.printf("%d %.4f %s%n", sum, Math.E, Stream.iterate(1, i -> i * 3).limit(6).map(String::valueOf).collect(Collectors.joining("<")));
    ExecutorService pool = Executors.newFixedThreadPool(3);
    List<Future<Integer>> futures = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      final int n = i;
      futures.add(pool.submit(() -> n * n));
    }
    int squares = 0;
    for (Future<Integer> future : futures) squares += future.get();
    pool.shutdown();
    System.out.println(squares);
  }
}
