import java.util.*;

public class Main {
  public static void main(String[] args) throws Exception {
    List<long[]> blocks = new ArrayList<>();
    for (;;) blocks.add(new long[500000]);
  }
}
