package dev.trimtab.model;

import static dev.trimtab.model.OnnxModel.require;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One cached tensor of a graph, float32 [1, heads, tokens, headSize].
 *
 * @param past the input that it is fed to
 * @param present the output that it comes from
 */
record CacheSlot(String past, String present, int heads, int headSize) {
    private static final String PREFIX = "past_key_values.";

    /** The slots of a graph with these inputs. */
    static List<CacheSlot> of(Map<String, NodeInfo> inputs) {
        List<CacheSlot> slots = new ArrayList<>();
        inputs.forEach((name, node) -> {
            if (name.startsWith(PREFIX) && node.getInfo() instanceof TensorInfo info) {
                long[] shape = info.getShape();
                require(info.type == OnnxJavaType.FLOAT && shape.length == 4, name, "float32 of rank 4");
                String present = "present." + name.substring(PREFIX.length());
                slots.add(new CacheSlot(name, present, (int) shape[1], (int) shape[3]));
            }
        });
        require(!slots.isEmpty(), "inputs", PREFIX + "0.key and so on");
        Set<String> others = Set.of("input_ids", "attention_mask");
        require(inputs.keySet().containsAll(others), "inputs", "input_ids and attention_mask");
        return slots;
    }
}
