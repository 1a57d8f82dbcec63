public class Main {
  public static void main(String[] args) throws Exception {
    System.out.println("before");
    System.out.println(Integer.parseInt("x"));
  }
}
