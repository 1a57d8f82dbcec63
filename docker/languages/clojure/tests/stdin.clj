(require '[clojure.string :as str])

(let [count (Integer/parseInt (read-line))
      numbers (map #(Integer/parseInt %) (str/split (read-line) #" "))]
  (assert (= count (clojure.core/count numbers)))
  (println "sum" (reduce + numbers))
  (doseq [line (take-while some? (repeatedly read-line))]
    (println "last" line)))
