import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * Launch STEM [ARGUMENT...] runs the program in main.jar, which is on the class path: the main class that its
 * compiler found, else the one named after the source file, else the first that has a main method. So nobody has
 * to know how Kotlin names a file's class, or to call a Scala object Main.
 */
public final class Launch {
  public static void main(String[] arguments) throws Throwable {
    Method method = find(arguments[0]);
    if (method == null) {
      System.err.println("no main method: the program needs a function or an object's method main");
      System.exit(1);
    }
    try {
      method.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException error) {
      throw withoutLauncher(error.getCause());
    }
  }

  private static Method find(String stem) throws IOException {
    List<String> names = new ArrayList<>();
    try (JarFile jar = new JarFile("main.jar")) {
      Manifest manifest = jar.getManifest();
      String named = manifest == null ? null : manifest.getMainAttributes().getValue("Main-Class");
      if (named != null) names.add(named);
      names.add(stem);
      names.add(Character.toUpperCase(stem.charAt(0)) + stem.substring(1) + "Kt");
      for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
        String name = entries.nextElement().getName();
        if (name.endsWith(".class")) names.add(name.substring(0, name.length() - 6).replace('/', '.'));
      }
    }
    for (String name : names) {
      Method method = mainOf(name);
      if (method != null) return method;
    }
    return null;
  }

  private static Method mainOf(String name) {
    try {
      Method method = Class.forName(name, false, Launch.class.getClassLoader()).getMethod("main", String[].class);
      if (!Modifier.isStatic(method.getModifiers())) return null;
      method.setAccessible(true);
      return method;
    } catch (ReflectiveOperationException | LinkageError error) {
      return null;
    }
  }

  /** What the program's author sees ends with the program's own main. */
  private static Throwable withoutLauncher(Throwable error) {
    StackTraceElement[] trace = error.getStackTrace();
    int length = trace.length;
    while (length > 0 && (trace[length - 1].getClassName().equals("Launch")
        || trace[length - 1].getClassName().startsWith("jdk.internal.reflect.")
        || trace[length - 1].getClassName().startsWith("java.lang.reflect."))) length--;
    error.setStackTrace(Arrays.copyOf(trace, length));
    return error;
  }
}
