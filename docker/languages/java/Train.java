import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.*;
import java.util.stream.*;

/** Uses what submitted programs usually use, so that the class-data archives hold it. */
public class Train {
  interface Shape { double area(); }
  record Circle(double radius) implements Shape {
    public double area() { return Math.PI * radius * radius; }
  }
  sealed interface Tree permits Leaf, Node {}
  record Leaf(int value) implements Tree {}
  record Node(Tree left, Tree right) implements Tree {}
  enum Color { RED, GREEN }

  static int sum(Tree tree) {
    return switch (tree) {
      case Leaf leaf -> leaf.value();
      case Node(Tree left, Tree right) -> sum(left) + sum(right);
    };
  }

  static <T extends Comparable<T>> T largest(List<T> items) {
    T best = items.get(0);
    for (T item : items) if (item.compareTo(best) > 0) best = item;
    return best;
  }

  static class Counter<K> {
    private final Map<K, Integer> counts = new HashMap<>();
    void add(K key) { counts.merge(key, 1, Integer::sum); }
    @Override public String toString() { return counts.toString(); }
  }

  public static void main(String[] args) throws Exception {
    int total = 0;
    BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
    Scanner scanner = new Scanner(Optional.ofNullable(reader.readLine()).orElse("1 2"));
    List<Integer> numbers = new ArrayList<>();
    while (scanner.hasNextInt()) numbers.add(scanner.nextInt());
    for (String line; (line = reader.readLine()) != null; ) {
      StringTokenizer tokens = new StringTokenizer(line);
      while (tokens.hasMoreTokens()) total += tokens.nextToken().split("o").length;
    }
    Collections.sort(numbers);
    numbers.sort(Comparator.comparing((Integer i) -> -i).thenComparing(Function.identity()));
    Counter<String> counter = new Counter<>();
    for (int number : numbers) counter.add("n" + number);
    Map<Integer, List<String>> groups = Stream.of("a", "bb", "cc").collect(Collectors.groupingBy(String::length));
    TreeMap<String, Integer> tree = new TreeMap<>(Map.of("x", 1, "y", 2));
    Deque<Integer> deque = new ArrayDeque<>(numbers);
    PriorityQueue<int[]> queue = new PriorityQueue<>((a, b) -> a[0] - b[0]);
    queue.add(new int[] {1, 2});
    Set<Integer> set = new LinkedHashSet<>(new TreeSet<>(numbers));
    int[] squares = IntStream.rangeClosed(1, 5).map(i -> i * i).toArray();
    StringBuilder text = new StringBuilder();
    for (int square : squares) text.append(square).append(' ').append((char) ('a' + square % 26));
    System.out.println(text.reverse() + " " + counter + groups + tree + deque.peek() + set + Color.valueOf("RED"));
    System.out.printf("%.2f %5d %-5s %x%n", new Circle(1.5).area(), total, "x", 255);
    System.out.println(String.format("%05d", 42) + String.join(",", "a", "b") + Arrays.toString(squares));
    System.out.println(new BigInteger("123456789").pow(3) + " " + new BigDecimal("1.10").add(BigDecimal.ONE));
    System.out.println(sum(new Node(new Leaf(1), new Leaf(2))) + largest(numbers) + Integer.toBinaryString(5));
    System.out.println(numbers.stream().filter(i -> i > 1).mapToInt(Integer::intValue).sum() + """
        text block""" + Arrays.asList(3, 1).stream().map(String::valueOf).collect(Collectors.joining("-")));
    AtomicInteger done = new AtomicInteger();
    Thread thread = new Thread(done::incrementAndGet);
    thread.start();
    thread.join();
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Future<Integer> future = pool.submit(() -> 42);
    System.out.println(future.get() + done.get() + new Random(1).nextInt(10) + System.nanoTime() % 2);
    pool.shutdown();
    Supplier<String> supplier = () -> "s";
    try {
      Object nothing = supplier.get().isEmpty() ? "" : null;
      nothing.toString();
    } catch (NullPointerException | IllegalStateException error) {
      System.err.println(error.getMessage());
    }
    try {
      throw new IOException("x");
    } catch (IOException error) {
      error.printStackTrace();
    }
  }
}
