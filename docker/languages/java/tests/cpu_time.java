public class Main {
  public static void main(String[] args) throws Exception {
    for (long total = 0; ; total++) if (total < 0) System.out.println(total);
  }
}
