package io.irscale.ffi;

import io.irscale.error.LibraryException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds and loads {@code libirscale.so}. The file in the jar is copied once into the user's cache under its own hash, see
 * {@link CachedLibrary}; the system property {@code irscale.native} names another one.
 */
public final class NativeLibrary {
    private static final int ABI_VERSION = 1;
    private static final String FOLDER = "/native/linux-x86_64/";
    private static final String NAME = "libirscale.so";

    private static final Map<String, FunctionDescriptor> BOUND = new ConcurrentSkipListMap<>();
    private static @Nullable SymbolLookup lookup;

    private NativeLibrary() {}

    /**
     * Loads the library unless it is there already.
     *
     * @throws LibraryException if it is missing, cannot be loaded, or was built for another ABI
     */
    public static synchronized SymbolLookup load() {
        if (lookup != null) {
            return lookup;
        }
        Path file = locate();
        if (!Files.isRegularFile(file)) {
            throw new LibraryException(
                    file + " is missing; leave the system property irscale.native unset for the library in the jar");
        }
        try {
            // load, not libraryLookup: the latter hides which dependency is missing
            System.load(file.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new LibraryException("cannot load " + file + ": " + e.getMessage(), e);
        }
        SymbolLookup symbols = SymbolLookup.loaderLookup();
        int version = abiVersion(symbols, file);
        if (version != ABI_VERSION) {
            throw new LibraryException("%s has ABI version %d, this irscale needs %d; rebuild with ./mvnw package"
                    .formatted(file, version, ABI_VERSION));
        }
        lookup = symbols;
        return symbols;
    }

    /** The library file that {@link #load} uses. */
    public static Path locate() {
        String named = System.getProperty("irscale.native");
        return named == null ? extract() : Path.of(named).toAbsolutePath();
    }

    /** Every function bound so far, by its C name: what the header is checked against. */
    public static Map<String, FunctionDescriptor> bound() {
        return Map.copyOf(BOUND);
    }

    static MethodHandle bind(String name, MemoryLayout result, MemoryLayout... arguments) {
        return bind(name, FunctionDescriptor.of(result, arguments));
    }

    static MethodHandle bindVoid(String name, MemoryLayout... arguments) {
        return bind(name, FunctionDescriptor.ofVoid(arguments));
    }

    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        BOUND.put(name, descriptor);
        try {
            return load().find(name)
                    .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
                    .orElseThrow(() -> new LibraryException(
                            "libirscale.so has no function " + name + "; rebuild with ./mvnw package"));
        } catch (LibraryException e) {
            return throwing(e, descriptor.toMethodType());
        }
    }

    // Handles are bound in static initialisers, where an exception would turn into an ExceptionInInitializerError: the
    // first call throws it instead.
    private static MethodHandle throwing(LibraryException e, MethodType type) {
        MethodHandle thrower = MethodHandles.throwException(type.returnType(), LibraryException.class);
        return MethodHandles.dropArguments(thrower.bindTo(e), 0, type.parameterList());
    }

    private static int abiVersion(SymbolLookup symbols, Path file) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT);
        BOUND.put("irs_abi_version", descriptor);
        MethodHandle handle = symbols.find("irs_abi_version")
                .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
                .orElseThrow(() -> new LibraryException(file + " is not irscale's native library"));
        try {
            return (int) handle.invokeExact();
        } catch (Throwable e) {
            throw NativeStatus.unexpected(e);
        }
    }

    // What a build with nvcc has beside the library, which looks for it there.
    private static final String CUDA = "libirscale_cuda.so";

    private static Path extract() {
        byte[] library = resource(NAME);
        if (library.length == 0) {
            throw new LibraryException("libirscale.so is not on the class path (" + FOLDER + NAME
                    + "); irscale runs on Linux x86-64, build it with ./mvnw package");
        }
        byte[] cuda = resource(CUDA);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(library);
            String hash = HexFormat.of().formatHex(digest.digest(cuda), 0, 8);
            Path folder = UserCache.folder("native-" + hash);
            if (cuda.length > 0) {
                CachedLibrary.write(folder.resolve(CUDA), cuda);
            }
            return CachedLibrary.write(folder.resolve(NAME), library);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has SHA-256
        }
    }

    // Nothing where there is none.
    private static byte[] resource(String name) {
        try (InputStream resource = NativeLibrary.class.getResourceAsStream(FOLDER + name)) {
            return resource == null ? new byte[0] : resource.readAllBytes();
        } catch (IOException e) {
            throw new LibraryException("cannot unpack " + name + ": " + e, e);
        }
    }
}
