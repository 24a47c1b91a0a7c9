-- Customers want to see their own reference on an order. A nullable column changes no row that exists.
ALTER TABLE orders ADD COLUMN customer_reference TEXT;
