package io.irscale.tensor;

import io.irscale.error.InvalidInputException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which model a file or folder has to hold, told by what configurations say of themselves: {@code _class_name} of diffusers,
 * {@code architectures} and {@code model_type} of transformers. One that says nothing is accepted, as older ones do.
 */
public final class ModelClass {
    private final String expected;
    private final Pattern classes;
    private final Set<String> types;

    private ModelClass(String expected, String classes, Set<String> types) {
        this.expected = expected;
        this.classes = Pattern.compile(classes);
        this.types = types;
    }

    /** A class of diffusers, by its name. */
    public static ModelClass ofDiffusers(String name) {
        return new ModelClass(name, Pattern.quote(name), Set.of());
    }

    /**
     * Classes of transformers.
     *
     * @param expected for messages
     * @param classes a regular expression that the names of all of them match
     * @param types their {@code model_type}s
     */
    public static ModelClass ofTransformers(String expected, String classes, Set<String> types) {
        return new ModelClass(expected, classes, types);
    }

    /**
     * Compares it with what a model's configuration says.
     *
     * @throws InvalidInputException if that is another model's, with that one's name
     */
    public void require(JsonConfig config) {
        String name = config.text("_class_name", "");
        if (!name.isEmpty() && !accepts(name)) {
            throw config.wrong("_class_name", name, expected);
        }
        if (types.isEmpty()) {
            return;
        }
        List<String> architectures = config.texts("architectures").orElse(List.of());
        if (!architectures.isEmpty() && architectures.stream().noneMatch(this::accepts)) {
            throw config.wrong("architectures", architectures, expected);
        }
        String type = config.text("model_type", "");
        if (!type.isEmpty() && !types.contains(type)) {
            throw config.wrong("model_type", type, expected + "'s");
        }
    }

    /**
     * The same of a component in a pipeline's {@code model_index.json}: a pair of library and class, both null where there is
     * none.
     *
     * @throws InvalidInputException if the class is another model's, with its name
     */
    public void require(JsonConfig index, String component) {
        String name = index.texts(component)
                .filter(pair -> pair.size() > 1)
                .map(pair -> pair.get(1))
                .orElse("");
        if (!name.isEmpty() && !accepts(name)) {
            throw index.wrong(component, name, expected);
        }
    }

    private boolean accepts(String name) {
        return classes.matcher(name).matches();
    }
}
