import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.element.TypeElement;

// An annotation processor: javac runs it. It tries to change what comes later, and leaves a daemon behind.
@SupportedAnnotationTypes("*")
public class Evil extends AbstractProcessor {
  public Evil() {}

  @Override
  public synchronized void init(ProcessingEnvironment environment) {
    super.init(environment);
    System.err.println("processor runs as " + System.getProperty("user.name"));
    for (String path : List.of("/opt/java/left", "/usr/bin/left", "/runyard/left", "/etc/left", "/run/left", "/left")) {
      try {
        Files.writeString(Path.of(path), "left");
        System.err.println("wrote " + path);
      } catch (IOException e) {
        // As it must be.
      }
    }
    for (String path : List.of("/tmp/left", "/dev/shm/left", "/box/left")) {
      try {
        Files.writeString(Path.of(path), "left");
      } catch (IOException e) {
        System.err.println("could not write " + path);
      }
    }
    try {
      new ProcessBuilder("/bin/sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 & setsid sleep 1000 &").start().waitFor();
    } catch (IOException | InterruptedException e) {
      System.err.println("no daemon: " + e);
    }
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    return false;
  }
}
