package io.irscale.cli;

import io.irscale.error.InternalException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of irscale, which the build writes into a resource. */
public final class Version implements IVersionProvider {
    private static final String RESOURCE = "version.properties";

    /** Such as {@code 1.2.3}. */
    public static String text() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new InternalException(RESOURCE + " is missing from irscale's jar; rebuild with ./mvnw package");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new InternalException(RESOURCE + " in irscale's jar cannot be read; rebuild with ./mvnw package", e);
        }
        return properties.getProperty("version", "");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"irscale " + text()};
    }
}
