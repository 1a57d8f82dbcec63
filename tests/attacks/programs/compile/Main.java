import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

// What the compile step left is not here.
class Main {
  public static void main(String[] arguments) throws IOException {
    for (String folder : List.of("/tmp", "/dev/shm", "/box")) {
      try (var files = Files.list(Path.of(folder))) {
        files.filter(file -> file.getFileName().toString().equals("left")).forEach(System.out::println);
      }
    }
    try (var entries = Files.list(Path.of("/proc"))) {
      System.out.println(entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+")).count() + " processes");
    }
  }
}
