"""The archive's doors to other tools: what goes out as plain files, and what comes in from them."""
