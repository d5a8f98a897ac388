package io.irscale.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one file holds, whatever its format.
 *
 * @param tensors by name, in the order of their bytes; valid as long as the arena they were mapped in
 * @param unread tensors of types that irscale does not read, with what the file calls these
 * @param metadata the free-form strings of the header, in file order
 */
record TensorFile(Map<String, StoredTensor> tensors, Map<String, String> unread, Map<String, String> metadata) {
    TensorFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        unread = Collections.unmodifiableMap(new LinkedHashMap<>(unread));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
