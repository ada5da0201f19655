"""The post-mortem draft: assembled from the stream alone, rendered, merged with what people wrote."""
