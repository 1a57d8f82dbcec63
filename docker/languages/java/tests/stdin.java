import java.util.Scanner;

public class Main {
  public static void main(String[] args) throws Exception {
    Scanner scanner = new Scanner(System.in);
    int count = scanner.nextInt();
    int sum = 0;
    while (count-- > 0) sum += scanner.nextInt();
    scanner.nextLine();
    System.out.println("sum " + sum);
    System.out.println("last " + scanner.nextLine());
  }
}
